/// Static pods: what a directory of the node says shall run there, whether or not the cluster answers.
package dev.longshore.kubelet.manifests;
