package dev.longshore.kubelet.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCertificateProjection;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// What pods refer to, read over a client. Services, which every container start asks for, are followed by one
/// informer that the first question starts; all else is read when it is needed, and so never stale.
public final class ClientConfig implements ConfigApi, AutoCloseable {

    private static final int FORBIDDEN = 403;
    private static final int NOT_SERVED = 404;
    private static final Duration FIRST_LIST = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<SharedIndexInformer<Service>> services = Optional.empty();

    /// Over `client`.
    public ClientConfig(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
        return Optional.ofNullable(
                client.configMaps().inNamespace(namespace).withName(name).get());
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
        return Optional.ofNullable(
                client.secrets().inNamespace(namespace).withName(name).get());
    }

    @Override
    public AutoCloseable follow(Source source, String namespace, String name, Runnable whenChanged) {
        return switch (source) {
            case CONFIG_MAP -> follow(client.configMaps().inNamespace(namespace).withName(name), whenChanged);
            case SECRET -> follow(client.secrets().inNamespace(namespace).withName(name), whenChanged);
        };
    }

    private static <T extends HasMetadata> AutoCloseable follow(Resource<T> object, Runnable whenChanged) {
        var isLive = new AtomicBoolean();
        // Who may not watch reads again after a while; that is good enough and no reason to try for ever.
        SharedIndexInformer<T> informer = object.runnableInformer(0)
                .exceptionHandler((started, failure) ->
                        !(failure instanceof KubernetesClientException refused && refused.getCode() == FORBIDDEN));
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T added) {
                if (isLive.get()) {
                    whenChanged.run();
                }
            }

            @Override
            public void onUpdate(T old, T updated) {
                whenChanged.run();
            }

            @Override
            public void onDelete(T deleted, boolean unknownState) {
                whenChanged.run();
            }
        });
        informer.start().thenRun(() -> isLive.set(true));
        return informer::stop;
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        return Optional.ofNullable(client.persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    @Override
    public Optional<PersistentVolume> volume(String name) {
        return Optional.ofNullable(client.persistentVolumes().withName(name).get());
    }

    @Override
    public String requestCertificate(Pod pod, PodCertificateProjection wanted, byte[] proof) {
        return CertificateRequests.create(client, pod, wanted, proof);
    }

    @Override
    public Optional<Request> certificateRequest(String namespace, String name) {
        return CertificateRequests.find(client, namespace, name);
    }

    @Override
    public Optional<String> trustBundle(String name) {
        return Optional.ofNullable(client.certificates()
                        .v1beta1()
                        .clusterTrustBundles()
                        .withName(name)
                        .get())
                .map(bundle -> bundle.getSpec().getTrustBundle());
    }

    @Override
    public List<String> trustBundles(String signer, LabelSelector selector) {
        try {
            return client
                    .certificates()
                    .v1beta1()
                    .clusterTrustBundles()
                    .withLabelSelector(selector)
                    .withField("spec.signerName", signer)
                    .list()
                    .getItems()
                    .stream()
                    .map(bundle -> bundle.getSpec().getTrustBundle())
                    .toList();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == NOT_SERVED) {
                return List.of();
            }
            throw refused;
        }
    }

    @Override
    public Optional<String> runtimeHandler(String runtimeClass) {
        return Optional.ofNullable(client.resources(RuntimeClass.class)
                        .withName(runtimeClass)
                        .get())
                .map(RuntimeClass::getHandler);
    }

    @Override
    public List<Service> services(String namespace) {
        return followed().getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
    }

    @Override
    public Optional<ServiceAccount> serviceAccount(String namespace, String name) {
        return Optional.ofNullable(
                client.serviceAccounts().inNamespace(namespace).withName(name).get());
    }

    @Override
    public Token token(Pod pod, String audience, Duration life) {
        String account = Optional.ofNullable(pod.getSpec().getServiceAccountName())
                .filter(name -> !name.isEmpty())
                .orElse("default");
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience.isEmpty() ? List.of() : List.of(audience))
                .withExpirationSeconds(life.toSeconds())
                .withNewBoundObjectRef()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build();
        TokenRequest answer = client.serviceAccounts()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(account)
                .tokenRequest(request);
        return new Token(
                answer.getStatus().getToken(), Instant.parse(answer.getStatus().getExpirationTimestamp()));
    }

    /// Stops following services.
    @Override
    public void close() {
        lock.lock();
        try {
            services.ifPresent(SharedIndexInformer::stop);
            services = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private SharedIndexInformer<Service> followed() {
        SharedIndexInformer<Service> informer;
        lock.lock();
        try {
            informer = services.orElseGet(() -> client.services()
                    .inAnyNamespace()
                    .runnableInformer(0)
                    .exceptionHandler((started, failure) -> true));
            services = Optional.of(informer);
        } finally {
            lock.unlock();
        }
        try {
            informer.start().toCompletableFuture().get(FIRST_LIST.toMillis(), TimeUnit.MILLISECONDS);
            return informer;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while listing services", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException(
                    "services have not yet been read at least once, cannot construct envvars", failure);
        }
    }
}
