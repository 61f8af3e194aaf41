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

# The screen stays on by day; no menu behind the right button of the mouse.
xset s off -dpms
openbox --config-file /dev/null &
exec chromium --kiosk --no-first-run --user-data-dir="$PROFILE" --password-store=basic --disk-cache-dir=/tmp/kiosk-cache \
    --noerrdialogs --disable-session-crashed-bubble "${PORTAL:?}/kiosk"
