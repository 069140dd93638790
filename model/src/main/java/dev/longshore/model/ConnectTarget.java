package dev.longshore.model;

import java.util.List;
import java.util.Map;

/// Where the API machine leads a request on to.
///
/// @param trust how the other end is known and what we show it
/// @param path percent-encoded, with leading slash
/// @param query parameters to send, in place of the client's
public record ConnectTarget(
        String scheme, String host, int port, String path, Map<String, List<String>> query, Trust trust) {

    /// Who is there.
    public enum Trust {
        /// A kubelet: TLS checked against the cluster's CA, our own client certificate shown.
        KUBELET,
        /// A workload: no certificate checked (as kube-apiserver's pod and service proxy), none of ours shown,
        /// and no credentials of the client passed on.
        WORKLOAD
    }
}
