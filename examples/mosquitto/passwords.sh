#!/bin/sh
# Gives each user of the ACL file a password.
#
#   passwords.sh DIRECTORY
#
# DIRECTORY has the file 'acl'. Each user gets a file USER.password with a password made up from random numbers, readable
# by its owner; files that are there are kept, so that you can write a password of your own into one. 'passwords' is made
# from all of them, with hashes in it, for the broker.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DIRECTORY" >&2
    exit 2
fi
umask 077
cd "$1"

rm -f passwords.new
while read -r word user; do
    [ "$word" = user ] || continue
    [ -e "$user.password" ] || openssl rand -hex 16 >"$user.password"
    printf '%s:%s\n' "$user" "$(cat "$user.password")" >>passwords.new
done <acl
# Turns the passwords in the file into hashes; none has to stand on a command line, where others could see it.
mosquitto_passwd -U passwords.new
mv passwords.new passwords
