/// Plugins that come to the kubelet over sockets in its directory, and how it finds them.
package dev.longshore.kubelet.plugins;
