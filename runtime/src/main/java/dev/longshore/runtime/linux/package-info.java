/// Pods on a Linux host: namespaces pinned by files, overlayfs, an OCI runtime, and conmon as the monitor that
/// outlives this process.
package dev.longshore.runtime.linux;
