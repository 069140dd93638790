package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Keeps of each object its type, name, uid and version, which is all that an informer needs to tell new from
/// old.
final class MetadataStore implements ItemStore<GenericKubernetesResource> {

    private final Map<String, GenericKubernetesResource> objects = new ConcurrentHashMap<>();

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        return objects.put(key, slim(object));
    }

    @Override
    public GenericKubernetesResource remove(String key) {
        return objects.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return objects.values().stream();
    }

    @Override
    public GenericKubernetesResource get(String key) {
        return objects.get(key);
    }

    @Override
    public int size() {
        return objects.size();
    }

    @Override
    public boolean isFullState() {
        return true;
    }

    private static GenericKubernetesResource slim(GenericKubernetesResource object) {
        var slim = new GenericKubernetesResource();
        slim.setApiVersion(object.getApiVersion());
        slim.setKind(object.getKind());
        slim.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
                .withNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .build());
        return slim;
    }
}
