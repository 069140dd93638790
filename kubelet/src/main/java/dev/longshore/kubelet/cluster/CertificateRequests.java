package dev.longshore.kubelet.cluster;

import dev.longshore.kubelet.cluster.ConfigApi.Request;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCertificateProjection;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.PodCertificateRequest;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.PodCertificateRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// PodCertificateRequests, in the name of the node that the pod is on.
final class CertificateRequests {

    private CertificateRequests() {}

    static String create(KubernetesClient client, Pod pod, PodCertificateProjection wanted, byte[] proof) {
        String namespace = pod.getMetadata().getNamespace();
        String account = pod.getSpec().getServiceAccountName();
        String node = pod.getSpec().getNodeName();
        PodCertificateRequest request = new PodCertificateRequestBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withGenerateName("req-")
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withSignerName(wanted.getSignerName())
                .withPodName(pod.getMetadata().getName())
                .withPodUID(pod.getMetadata().getUid())
                .withServiceAccountName(account)
                .withServiceAccountUID(client.serviceAccounts()
                        .inNamespace(namespace)
                        .withName(account)
                        .require()
                        .getMetadata()
                        .getUid())
                .withNodeName(node)
                .withNodeUID(
                        client.nodes().withName(node).require().getMetadata().getUid())
                .withMaxExpirationSeconds(wanted.getMaxExpirationSeconds())
                .withStubPKCS10Request(Base64.getEncoder().encodeToString(proof))
                .withUnverifiedUserAnnotations(wanted.getUserAnnotations())
                .endSpec()
                .build();
        return client.resource(request).create().getMetadata().getName();
    }

    static Optional<Request> find(KubernetesClient client, String namespace, String name) {
        return Optional.ofNullable(client.resources(PodCertificateRequest.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .map(CertificateRequests::standing);
    }

    private static Request standing(PodCertificateRequest request) {
        var status = request.getStatus();
        if (status == null) {
            return new Request.Waiting();
        }
        for (var said : status.getConditions()) {
            switch (said.getType()) {
                case "Denied", "Failed" -> {
                    return new Request.Refused(
                            said.getType().equals("Denied") ? "denied" : "failed", said.getReason(), said.getMessage());
                }
                case "Issued" -> {
                    return new Request.Issued(status.getCertificateChain(), Instant.parse(status.getBeginRefreshAt()));
                }
                default -> {
                    // Others say nothing about whether there is a certificate.
                }
            }
        }
        return new Request.Waiting();
    }
}
