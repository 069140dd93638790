/// The container runtime interface (CRI v1), served: [CriServer] lets others use a runtime of ours.
package dev.longshore.runtime.cri.server;
