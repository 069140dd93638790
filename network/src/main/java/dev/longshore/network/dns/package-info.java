/// Names inside the cluster: the small process that answers, its chain of links, and who feeds and keeps it.
package dev.longshore.network.dns;
