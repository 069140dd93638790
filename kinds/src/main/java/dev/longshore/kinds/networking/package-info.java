/// The kinds of `networking.k8s.io` and `discovery.k8s.io`.
package dev.longshore.kinds.networking;
