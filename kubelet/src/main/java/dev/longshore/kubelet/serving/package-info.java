/// The kubelet's HTTPS API: logs, exec, attach, port-forward, and what the node uses.
package dev.longshore.kubelet.serving;
