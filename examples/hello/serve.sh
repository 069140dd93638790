#!/bin/sh
# Process 1 of the container: starts the web server, and on SIGTERM lets running requests finish.
# `rm /tmp/healthy` makes /healthz fail, `rm /tmp/ready` makes /readyz fail.

touch /tmp/healthy /tmp/ready
echo "serving version $VERSION on port 8080"
httpd -f -p 8080 -h /srv/www &
server=$!

drain() {
    trap '' TERM INT
    kill "$server"
    # Every running request is a process of its own, which only loses its parent. 25 s at most.
    tries=0
    while pidof httpd > /dev/null && [ "$tries" -lt 250 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    exit 0
}

trap drain TERM INT
wait "$server"
