/// Where on the machine processors, memory and devices are, and how what a container gets is kept close together.
package dev.longshore.kubelet.topology;
