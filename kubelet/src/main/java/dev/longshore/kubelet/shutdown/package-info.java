/// What a node does before its machine goes down.
package dev.longshore.kubelet.shutdown;
