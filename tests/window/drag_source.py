"""A window that files can be dragged from, as from a file manager: drag_source.py TITLE FILE..."""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

title, *files = sys.argv[1:]
window = Gtk.Window(title=title)
window.set_default_size(160, 120)
window.set_keep_above(True)
handle = Gtk.EventBox()
handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
handle.drag_source_add_uri_targets()
uris = [pathlib.Path(file).as_uri() for file in files]
handle.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris(uris))
window.add(handle)
window.connect("destroy", Gtk.main_quit)
window.show_all()
window.move(0, 0)
Gtk.main()
