/// Kubernetes' protobuf form, in which many Go clients send objects.
package dev.longshore.kinds.wire;
