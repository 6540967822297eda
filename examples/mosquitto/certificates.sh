#!/bin/sh
# Makes a private authority, and a certificate of the broker that it vouches for.
#
#   certificates.sh DIRECTORY NAME [NAME ...]
#
# The names are all those under which the broker is reached: host names and IP addresses. The authority is made once and
# kept: run it again with other names, or when the certificate is about to expire, and no client has to be told.
set -eu

if [ $# -lt 2 ]; then
    echo "usage: $0 DIRECTORY NAME [NAME ...]" >&2
    exit 2
fi
directory=$1
shift

# Keys are for their owner only, from the moment they exist.
umask 077
mkdir -p "$directory"
cd "$directory"

if [ ! -e ca.key ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -key ca.key -sha256 -days 3650 -subj "/CN=MQTT authority of this household" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.crt
fi

names=
for name in "$@"; do
    case $name in
        # Only addresses have a colon, or nothing but digits and dots.
        *:*) kind=IP ;;
        *[!0-9.]*) kind=DNS ;;
        *) kind=IP ;;
    esac
    names="${names:+$names,}$kind:$name"
done

openssl ecparam -name prime256v1 -genkey -noout -out server.key
openssl req -new -key server.key -subj "/CN=$1" -out server.csr
cat >server.ext <<END
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $names
END
# Longer than 825 days is refused by some clients.
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days 825 \
    -extfile server.ext -out server.crt
rm server.csr server.ext

# What is public may be read by everybody.
chmod 644 ca.crt server.crt
echo "Clients need $PWD/ca.crt. The broker needs server.crt and server.key. Keep ca.key where nobody finds it."
