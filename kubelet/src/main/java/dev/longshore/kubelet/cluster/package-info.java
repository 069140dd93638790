/// What the kubelet asks of the cluster, as small ports, and their one implementation over a client.
package dev.longshore.kubelet.cluster;
