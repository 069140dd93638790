/// Pod wiring, service proxy, DNS.
package dev.longshore.network;
