/// Devices of the node that plugins look after, and which containers have them.
package dev.longshore.kubelet.devices;
