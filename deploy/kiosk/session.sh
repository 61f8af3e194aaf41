#!/bin/sh
# The kiosk's whole session: an empty screen with one browser. When the browser ends, so does this, and systemd begins
# anew. Of the browser's profile only the cookies outlive it: the kiosk's own is among them, those of people end with it.
set -eu
# shellcheck source=/dev/null
. /etc/lantoa-kiosk

PROFILE=$HOME/profile
mkdir -p "$PROFILE/Default"
find "$PROFILE" -mindepth 1 -maxdepth 1 ! -name Default -exec rm -rf {} +
find "$PROFILE/Default" -mindepth 1 -maxdepth 1 ! -name 'Cookies*' ! -name Network -exec rm -rf {} +
if [ -d "$PROFILE/Default/Network" ]; then
    find "$PROFILE/Default/Network" -mindepth 1 -maxdepth 1 ! -name 'Cookies*' -exec rm -rf {} +
fi

# The screen stays on by day; no menu behind the right button of the mouse; what is printed goes to the default printer
# at once, for a dialog of the system offers files.
xset s off -dpms
# What the browser itself says, such as that there is no line.
export LANG=C.UTF-8 LANGUAGE=vi
openbox --config-file /dev/null &
exec chromium --kiosk --no-first-run --user-data-dir="$PROFILE" --password-store=basic --kiosk-printing \
    --disk-cache-dir="$PROFILE/cache" --noerrdialogs --disable-session-crashed-bubble "${PORTAL:?}/kiosk"
