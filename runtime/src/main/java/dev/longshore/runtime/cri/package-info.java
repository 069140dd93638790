/// The container runtime interface (CRI v1): [CriRuntime] is a runtime of somebody else's, behind its socket.
package dev.longshore.runtime.cri;
