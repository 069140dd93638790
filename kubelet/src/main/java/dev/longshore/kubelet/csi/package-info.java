/// Volumes of storage drivers that are asked over their sockets (CSI).
package dev.longshore.kubelet.csi;
