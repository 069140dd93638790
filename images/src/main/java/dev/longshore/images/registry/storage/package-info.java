/// Where a registry keeps what it serves: one port, this machine's image store behind it or a bucket.
package dev.longshore.images.registry.storage;
