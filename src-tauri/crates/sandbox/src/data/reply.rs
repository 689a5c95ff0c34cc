//! Replies in RESP2 or RESP3.

use redis_protocol::{
    error::RedisProtocolError,
    resp2::{self, types::Resp2Frame},
    resp3::{self, types::Resp3Frame},
};

/// A reply, before the protocol is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Ok,
    Status(&'static str),
    Error(String),
    Integer(i64),
    Bulk(Vec<u8>),
    Null,
    Array(Vec<Reply>),
    /// A flat array in RESP2.
    Map(Vec<(Reply, Reply)>),
}

impl Reply {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Bulk(text.into().into_bytes())
    }

    pub(crate) fn error(text: impl Into<String>) -> Self {
        Self::Error(text.into())
    }

    /// The bytes for a client that speaks `protocol`, 2 or 3.
    pub(crate) fn encode(self, protocol: u8) -> Result<Vec<u8>, RedisProtocolError> {
        let mut bytes;
        if protocol == 3 {
            let frame = self.resp3();
            bytes = vec![0; Resp3Frame::encode_len(&frame, false)];
            resp3::encode::complete::encode(&mut bytes, &frame, false)?;
        } else {
            let frame = self.resp2();
            bytes = vec![0; Resp2Frame::encode_len(&frame, false)];
            resp2::encode::encode(&mut bytes, &frame, false)?;
        }
        Ok(bytes)
    }

    fn resp2(self) -> resp2::types::OwnedFrame {
        use resp2::types::OwnedFrame as Frame;

        match self {
            Self::Ok => Frame::SimpleString(b"OK".to_vec()),
            Self::Status(text) => Frame::SimpleString(text.into()),
            Self::Error(text) => Frame::Error(text),
            Self::Integer(number) => Frame::Integer(number),
            Self::Bulk(bytes) => Frame::BulkString(bytes),
            Self::Null => Frame::Null,
            Self::Array(items) => Frame::Array(items.into_iter().map(Self::resp2).collect()),
            Self::Map(pairs) => Frame::Array(
                pairs
                    .into_iter()
                    .flat_map(|(key, value)| [key.resp2(), value.resp2()])
                    .collect(),
            ),
        }
    }

    fn resp3(self) -> resp3::types::OwnedFrame {
        use resp3::types::OwnedFrame as Frame;

        let attributes = None;
        match self {
            Self::Ok => Frame::SimpleString {
                data: b"OK".to_vec(),
                attributes,
            },
            Self::Status(text) => Frame::SimpleString {
                data: text.into(),
                attributes,
            },
            Self::Error(data) => Frame::SimpleError { data, attributes },
            Self::Integer(data) => Frame::Number { data, attributes },
            Self::Bulk(data) => Frame::BlobString { data, attributes },
            Self::Null => Frame::Null,
            Self::Array(items) => Frame::Array {
                data: items.into_iter().map(Self::resp3).collect(),
                attributes,
            },
            Self::Map(pairs) => Frame::Map {
                data: pairs
                    .into_iter()
                    .map(|(key, value)| (key.resp3(), value.resp3()))
                    .collect(),
                attributes,
            },
        }
    }
}
