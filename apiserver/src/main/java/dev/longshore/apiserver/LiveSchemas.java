package dev.longshore.apiserver;

import dev.longshore.base.Digest;
import dev.longshore.model.Schema;
import dev.longshore.model.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// The definitions that are built in, and those of custom kinds, which come and go. Thread-safe: whoever reads sees
/// the custom ones of one moment.
final class LiveSchemas implements Schemas {

    private final Schemas builtIn;
    private volatile Map<String, Schemas> custom = Map.of();
    private volatile String fingerprint = "";

    LiveSchemas(Schemas builtIn) {
        this.builtIn = builtIn;
    }

    /// From now on `schemas` are the custom ones.
    void replace(List<Schemas> schemas) {
        var byName = new TreeMap<String, Schemas>();
        schemas.forEach(each -> each.names().forEach(name -> byName.putIfAbsent(name, each)));
        builtIn.names().forEach(byName::remove);
        var prints = new StringBuilder();
        schemas.forEach(each -> prints.append(each.fingerprint()).append('\n'));
        custom = Map.copyOf(byName);
        fingerprint = byName.isEmpty()
                ? ""
                : Digest.sha256(prints.toString().getBytes(StandardCharsets.UTF_8))
                        .hex();
    }

    @Override
    public Set<String> names() {
        var names = new TreeSet<>(builtIn.names());
        names.addAll(custom.keySet());
        return names;
    }

    @Override
    public Optional<Schema> find(String name) {
        Schemas own = custom.get(name);
        return own == null ? builtIn.find(name) : own.find(name);
    }

    @Override
    public ObjectNode skeleton(Schema schema) {
        return builtIn.skeleton(schema);
    }

    @Override
    public ObjectNode extensions(String name) {
        return builtIn.extensions(name);
    }

    @Override
    public Optional<ObjectNode> printed(String name, boolean isThree) {
        Schemas own = custom.get(name);
        return own == null ? Optional.empty() : own.printed(name, isThree);
    }

    @Override
    public Map<String, List<String>> choices(String name) {
        return builtIn.choices(name);
    }

    @Override
    public String fingerprint() {
        return builtIn.fingerprint() + fingerprint;
    }
}
