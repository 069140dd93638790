/// The fabric8 client over in-process and TLS transports.
package dev.longshore.client;
