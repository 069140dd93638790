/// The node agent.
package dev.longshore.kubelet;
