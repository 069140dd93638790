package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.EventSink;
import dev.longshore.kubelet.cluster.PodApi;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCertificateProjection;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/// The cluster as far as a kubelet sees it, in memory.
public final class FakeCluster implements PodApi, ConfigApi, EventSink {

    public final Map<String, Pod> pods = new ConcurrentHashMap<>();
    public final Map<String, ConfigMap> configMaps = new ConcurrentHashMap<>();
    public final Map<String, ServiceAccount> accounts = new ConcurrentHashMap<>();
    public final Map<String, Secret> secrets = new ConcurrentHashMap<>();
    public final Map<String, byte[]> proofs = new ConcurrentHashMap<>();
    public volatile Request answer = new Request.Waiting();
    public final Map<String, String> trustBundles = new ConcurrentHashMap<>();
    public final Map<String, PersistentVolumeClaim> claims = new ConcurrentHashMap<>();
    public final Map<String, PersistentVolume> volumes = new ConcurrentHashMap<>();
    public final Map<String, String> runtimeHandlers = new ConcurrentHashMap<>();
    public final List<Service> services = new CopyOnWriteArrayList<>();
    public final List<Event> events = new CopyOnWriteArrayList<>();
    public final List<PodStatus> patches = new CopyOnWriteArrayList<>();
    public final List<String> deleted = new CopyOnWriteArrayList<>();
    public volatile Duration tokenLife = Duration.ofHours(1);
    private final Map<String, List<Runnable>> followers = new ConcurrentHashMap<>();
    private final AtomicLong versions = new AtomicLong(1);
    private final AtomicLong tokens = new AtomicLong();
    private volatile Optional<Listener> listener = Optional.empty();

    /// Stores a pod and tells of it.
    public synchronized void put(Pod pod) {
        Pod stored = new PodBuilder(pod)
                .editMetadata()
                .withResourceVersion(String.valueOf(versions.incrementAndGet()))
                .endMetadata()
                .withStatus(pod.getStatus() == null ? new PodStatus() : pod.getStatus())
                .build();
        pods.put(stored.getMetadata().getName(), stored);
        listener.ifPresent(l -> l.changed(stored));
    }

    /// Asks for the end of a pod.
    public synchronized void terminate(String name, long grace) {
        put(new PodBuilder(pods.get(name))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .withDeletionGracePeriodSeconds(grace)
                .endMetadata()
                .build());
    }

    public PodStatus status(String name) {
        return Optional.ofNullable(pods.get(name)).map(Pod::getStatus).orElseGet(PodStatus::new);
    }

    /// Tells of every pod twice at the same time, as an informer's events and its first list do.
    @Override
    public synchronized AutoCloseable watch(Listener watcher) {
        listener = Optional.of(watcher);
        var events = Thread.startVirtualThread(() -> pods.values().forEach(watcher::changed));
        pods.values().forEach(watcher::changed);
        try {
            events.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        watcher.synced();
        return () -> listener = Optional.empty();
    }

    @Override
    public Optional<Pod> get(String namespace, String name) {
        return Optional.ofNullable(pods.get(name));
    }

    @Override
    public synchronized boolean create(Pod pod) {
        if (pods.containsKey(pod.getMetadata().getName())) {
            return false;
        }
        put(new PodBuilder(pod)
                .editMetadata()
                .withUid("made-" + versions.get())
                .endMetadata()
                .build());
        return true;
    }

    @Override
    public synchronized boolean patchStatus(Pod pod, ObjectNode patch) {
        Pod known = pods.get(pod.getMetadata().getName());
        if (known == null
                || !known.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
            return false;
        }
        patch.withArray("podIPs").remove(0);
        PodStatus status =
                Serialization.unmarshal(new String(Json.bytes(patch), StandardCharsets.UTF_8), PodStatus.class);
        var removed = status.getConditions().stream()
                .filter(condition ->
                        "delete".equals(condition.getAdditionalProperties().get("$patch")))
                .map(PodCondition::getType)
                .toList();
        status.getConditions().removeIf(condition -> removed.contains(condition.getType()));
        patches.add(status);
        var types = status.getConditions().stream().map(PodCondition::getType).toList();
        known.getStatus().getConditions().stream()
                .filter(condition -> !types.contains(condition.getType()) && !removed.contains(condition.getType()))
                .forEach(status.getConditions()::add);
        put(new PodBuilder(known).withStatus(status).build());
        return true;
    }

    @Override
    public synchronized void delete(Pod pod) {
        Pod known = pods.get(pod.getMetadata().getName());
        if (known != null
                && known.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
            pods.remove(pod.getMetadata().getName());
            deleted.add(pod.getMetadata().getName());
            listener.ifPresent(l -> l.gone(known));
        }
    }

    @Override
    public Optional<ServiceAccount> serviceAccount(String namespace, String name) {
        return Optional.ofNullable(accounts.get(name));
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
        return Optional.ofNullable(configMaps.get(name));
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(name));
    }

    /// Tells those who follow a ConfigMap or Secret that it has changed.
    public void touch(String name) {
        followers.getOrDefault(name, List.of()).forEach(Runnable::run);
    }

    @Override
    public AutoCloseable follow(Source source, String namespace, String name, Runnable whenChanged) {
        followers.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>()).add(whenChanged);
        return () -> followers.get(name).remove(whenChanged);
    }

    /// How many follow it.
    public int followers(String name) {
        return followers.getOrDefault(name, List.of()).size();
    }

    @Override
    public Optional<PersistentVolumeClaim> claim(String namespace, String name) {
        return Optional.ofNullable(claims.get(name));
    }

    @Override
    public Optional<PersistentVolume> volume(String name) {
        return Optional.ofNullable(volumes.get(name));
    }

    @Override
    public String requestCertificate(Pod pod, PodCertificateProjection wanted, byte[] proof) {
        String name = "req-" + (proofs.size() + 1);
        proofs.put(name, proof);
        return name;
    }

    @Override
    public Optional<Request> certificateRequest(String namespace, String name) {
        return proofs.containsKey(name) ? Optional.of(answer) : Optional.empty();
    }

    @Override
    public Optional<String> trustBundle(String name) {
        return Optional.ofNullable(trustBundles.get(name));
    }

    @Override
    public List<String> trustBundles(String signer, LabelSelector selector) {
        return trustBundles.entrySet().stream()
                .filter(bundle -> bundle.getKey().startsWith(signer.replace('/', ':') + ":"))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public Optional<String> runtimeHandler(String runtimeClass) {
        return Optional.ofNullable(runtimeHandlers.get(runtimeClass));
    }

    @Override
    public List<Service> services(String namespace) {
        return services.stream()
                .filter(service -> service.getMetadata().getNamespace().equals(namespace))
                .toList();
    }

    @Override
    public Token token(Pod pod, String audience, Duration life) {
        return new Token(
                "token-" + tokens.incrementAndGet(),
                Instant.parse("2026-01-01T00:00:00Z").plus(tokenLife));
    }

    @Override
    public void create(Event event) {
        events.add(event);
    }

    @Override
    public void repeat(Event event) {
        events.add(event);
    }

    public List<String> reasons() {
        return events.stream().map(Event::getReason).toList();
    }
}
