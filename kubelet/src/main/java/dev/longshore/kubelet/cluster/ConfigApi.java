package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCertificateProjection;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What pods refer to. Thread-safe; blocks.
public interface ConfigApi {

    /// A ConfigMap.
    Optional<ConfigMap> configMap(String namespace, String name);

    /// A Secret.
    Optional<Secret> secret(String namespace, String name);

    /// A ServiceAccount.
    Optional<ServiceAccount> serviceAccount(String namespace, String name);

    /// Calls `whenChanged`, on a thread that it must not hold up, whenever the object changes, comes or goes,
    /// until the handle is closed.
    AutoCloseable follow(Source source, String namespace, String name, Runnable whenChanged);

    /// A claim.
    Optional<PersistentVolumeClaim> claim(String namespace, String name);

    /// A volume.
    Optional<PersistentVolume> volume(String name);

    /// The PEM text of a ClusterTrustBundle; empty too when the server does not have the kind.
    Optional<String> trustBundle(String name);

    /// The PEM texts of a signer's ClusterTrustBundles that `selector` matches.
    List<String> trustBundles(String signer, LabelSelector selector);

    /// Asks `wanted`'s signer for a certificate of the pod; answers what the request is called.
    ///
    /// @param proof PKCS#10 in DER, signed with the key
    String requestCertificate(Pod pod, PodCertificateProjection wanted, byte[] proof);

    /// How such a request stands; empty when it is gone.
    Optional<Request> certificateRequest(String namespace, String name);

    /// Which of a node's runtimes a RuntimeClass stands for; empty when there is no such class.
    Optional<String> runtimeHandler(String runtimeClass);

    /// The services of a namespace.
    List<Service> services(String namespace);

    /// A fresh token of the pod's ServiceAccount, bound to the pod.
    Token token(Pod pod, String audience, Duration life);

    /// How a request for a pod's certificate stands.
    sealed interface Request {
        /// Nobody has answered.
        record Waiting() implements Request {}

        /// @param chain in PEM, the pod's own first
        /// @param refreshAt from when on another shall be asked for
        record Issued(String chain, Instant refreshAt) implements Request {}

        /// For good.
        ///
        /// @param how `denied` or `failed`
        record Refused(String how, String reason, String message) implements Request {}
    }

    /// What volumes are made of.
    enum Source {
        CONFIG_MAP,
        SECRET
    }

    /// A bearer token.
    record Token(String value, Instant expires) {
        @Override
        public String toString() {
            return "Token[until " + expires + "]";
        }
    }
}
