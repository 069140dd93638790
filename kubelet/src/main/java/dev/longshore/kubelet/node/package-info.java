/// The node's own objects: registration, status, heartbeat.
package dev.longshore.kubelet.node;
