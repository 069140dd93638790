/// Keys and certificates of the cluster.
package dev.longshore.server.pki;
