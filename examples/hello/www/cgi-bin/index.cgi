#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
echo "${GREETING:-hello} from $(hostname), version $VERSION"
if [ -f /etc/hello/motd ]; then
    cat /etc/hello/motd
fi
