package dev.longshore.kinds.access;

import dev.longshore.model.Resource;
import java.util.Set;

/// Requests of nodes for the certificates of kubelets.
public final class NodeRequests {

    private static final Set<String> SIGNERS =
            Set.of("kubernetes.io/kubelet-serving", "kubernetes.io/kube-apiserver-client-kubelet");

    private NodeRequests() {}

    /// True if `request`, a CertificateSigningRequest of a kubelet's, is in another name than that of `node`.
    public static boolean isForAnother(Resource request, String node) {
        return SIGNERS.contains(request.text("spec", "signerName"))
                && RequestText.commonName(request.text("spec", "request"))
                        .filter(("system:node:" + node)::equals)
                        .isEmpty();
    }
}
