import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Prints the SHA-256 of each certificate that Java finds: KIND FILE PASSWORD, three for each file. */
class Read {
    public static void main(String[] arguments) throws Exception {
        for (int at = 0; at < arguments.length; at += 3) {
            System.out.println("file " + arguments[at + 1]);
            try (FileInputStream file = new FileInputStream(arguments[at + 1])) {
                if (arguments[at].equals("X.509")) {
                    print(CertificateFactory.getInstance("X.509").generateCertificates(file));
                } else {
                    trust(arguments[at], file, arguments[at + 2].toCharArray());
                }
            }
        }
    }

    /** Everything in the store is trusted, by the keystore's own word and by a TLS client's. */
    static void trust(String kind, FileInputStream file, char[] password) throws Exception {
        KeyStore store = KeyStore.getInstance(kind);
        store.load(file, password);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        int accepted = 0;
        for (TrustManager manager : factory.getTrustManagers()) {
            accepted += ((X509TrustManager) manager).getAcceptedIssuers().length;
        }
        if (accepted != store.size()) {
            throw new Exception(accepted + " of " + store.size() + " are trusted");
        }
        for (String alias : Collections.list(store.aliases())) {
            if (!store.isCertificateEntry(alias)) {
                throw new Exception(alias + " is no trusted certificate");
            }
            print(Collections.singleton(store.getCertificate(alias)));
        }
    }

    static void print(Collection<? extends Certificate> certificates) throws Exception {
        for (Certificate certificate : certificates) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            System.out.println(HexFormat.of().formatHex(digest));
        }
    }
}
