/// Puts a pod's volumes on the node's disk, and what pods may know of themselves into them.
package dev.longshore.kubelet.volumes;
