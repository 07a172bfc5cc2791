#!/usr/bin/python3
# A WebKitGTK browser that WebDriver can drive and that keeps its profile: MiniBrowser, which comes with the driver, starts afresh each time.
# Needs Debian's gir1.2-webkit2-4.1 and python3-gi. WK_PROFILE names the folder of the profile, WK_QUOTA how many bytes a site may store.
import os
import gi
gi.require_version('Gtk', '3.0')
gi.require_version('WebKit2', '4.1')
from gi.repository import GLib, Gtk, WebKit2

profile = os.environ['WK_PROFILE']
options = {}
quota = int(os.environ.get('WK_QUOTA', '0'))
if quota:  # a site's share of the disk
    disk = os.statvfs(profile)
    options = {'origin-storage-ratio': quota / (disk.f_blocks * disk.f_frsize)}
data = WebKit2.WebsiteDataManager(base_data_directory=profile + '/data', base_cache_directory=profile + '/cache', **{k.replace('-', '_'): v for k, v in options.items()})
context = WebKit2.WebContext(website_data_manager=data)
context.set_automation_allowed(True)
open_windows = []

def closed(window):
    open_windows.remove(window)
    if not open_windows:
        Gtk.main_quit()

def new_view(_session):
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window(default_width=1024, default_height=768)  # a window for each view: every page is visible
    window.add(view)
    window.show_all()
    open_windows.append(window)
    view.connect('close', lambda _v: window.destroy())
    window.connect('destroy', closed)
    return view

def automation_started(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name('webkit-app')
    info.set_version(1, 0, 0)
    session.set_application_info(info)
    session.connect('create-web-view', new_view)

context.connect('automation-started', automation_started)

parent = os.getppid()  # ends with the driver, or a test run that was stopped leaves browsers behind
def orphaned():
    if os.getppid() != parent:
        Gtk.main_quit()
    return True
GLib.timeout_add_seconds(1, orphaned)
Gtk.main()
