/// Devices that pods claim (dynamic resource allocation): drivers prepare what the scheduler has allocated.
package dev.longshore.kubelet.claims;
