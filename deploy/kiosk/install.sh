#!/bin/sh
# Makes a Debian 12 or 13 PC a kiosk of a portal: ./install.sh https://thi.example.gov.vn
# Run as root; run again after a change, it does the same. It holds no secret: the device is enrolled on its screen.
set -eu

USER_NAME=kiosk
HOME_DIR=/home/$USER_NAME
POLICIES=/etc/chromium/policies/managed
HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

fail() {
    echo "$1" >&2
    exit 1
}

[ $# -eq 1 ] || fail "Cách dùng: $0 https://<địa chỉ cổng>"
PORTAL=${1%/}
HOST=${PORTAL#https://}
case $PORTAL in
    https://*) ;;
    *) fail "Địa chỉ phải bắt đầu bằng https://" ;;
esac
case $HOST in
    "" | *[!A-Za-z0-9.:-]*) fail "Địa chỉ chỉ gồm tên miền, không có đường dẫn: $HOST" ;;
esac
[ "$(id -u)" -eq 0 ] || fail "Chạy bằng quyền root."

# What a browser on a bare screen needs; a printer; updates by night.
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install -y --no-install-recommends \
    chromium chromium-l10n chromium-sandbox xserver-xorg xinit x11-xserver-utils libpam-systemd openbox fonts-roboto \
    cups cups-filters unattended-upgrades

# A user without a password, without a shell to ask for, in no group that may do anything.
id "$USER_NAME" >/dev/null 2>&1 || useradd --create-home "$USER_NAME"
usermod --lock --shell /usr/sbin/nologin "$USER_NAME"
chmod 700 "$HOME_DIR"

install -d -m 755 "$POLICIES"
sed "s|@HOST@|$HOST|g" "$HERE/policies.json" >"$POLICIES/lantoa-kiosk.json.new"
mv "$POLICIES/lantoa-kiosk.json.new" "$POLICIES/lantoa-kiosk.json"
chmod 644 "$POLICIES/lantoa-kiosk.json"

install -m 755 "$HERE/session.sh" /usr/local/bin/lantoa-kiosk
echo "PORTAL=$PORTAL" >/etc/lantoa-kiosk
chmod 644 /etc/lantoa-kiosk

# Nobody leaves the browser by Ctrl-Alt-F1 or Ctrl-Alt-Backspace.
install -d -m 755 /etc/X11/xorg.conf.d
cat >/etc/X11/xorg.conf.d/50-lantoa-kiosk.conf <<'XORG'
Section "ServerFlags"
    Option "DontVTSwitch" "true"
    Option "DontZap" "true"
EndSection
XORG

# Signed in on the first screen by itself, and again whenever the browser has ended.
cat >/etc/systemd/system/lantoa-kiosk.service <<UNIT
[Unit]
Description=Kiosk of $HOST
After=network-online.target systemd-user-sessions.service
Wants=network-online.target
Conflicts=getty@tty1.service
StartLimitIntervalSec=0

[Service]
User=$USER_NAME
PAMName=login
TTYPath=/dev/tty1
StandardInput=tty
StandardOutput=journal
ExecStart=/usr/bin/xinit /usr/local/bin/lantoa-kiosk -- :0 vt1 -nolisten tcp
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
UNIT

# New versions at three in the morning, and with them a fresh start.
cat >/etc/apt/apt.conf.d/52lantoa-kiosk <<'APT'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-WithUsers "true";
Unattended-Upgrade::Automatic-Reboot-Time "03:00";
APT

systemctl daemon-reload
systemctl set-default multi-user.target >/dev/null 2>&1
systemctl mask --quiet getty@tty1.service
systemctl enable --quiet lantoa-kiosk.service
systemctl restart lantoa-kiosk.service
echo "Xong. Trên màn hình, nhập mã mở kiosk do cán bộ tạo ở bàn làm việc, mục Kiosk."
