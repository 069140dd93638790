package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.builder.remote.GitAddress;
import dev.longshore.images.Platform;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// What the stages of one build took from elsewhere, whether the steps that use it ran or came from the cache.
/// Thread-safe.
public final class Materials {

    private final ConcurrentSkipListMap<String, Material> used = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, Grant> secrets = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, Grant> agents = new ConcurrentSkipListMap<>();
    private final AtomicBoolean isOnNetwork = new AtomicBoolean();

    /// Something from elsewhere.
    public sealed interface Material {

        /// An image, `name` as the Dockerfile has it.
        ///
        /// @param target its manifest or index
        record OfImage(String name, Platform platform, Digest target) implements Material {}

        /// A file from the web.
        ///
        /// @param checksum with its algorithm
        record OfUrl(String url, String checksum) implements Material {}

        /// A repository at a commit.
        record OfRepository(GitAddress address, String commit) implements Material {}
    }

    /// A secret or an agent that a step may use; its content is nowhere here.
    public record Grant(String id, boolean isOptional) {}

    void image(String name, Platform platform, Digest target) {
        add(new Material.OfImage(name, platform, target));
    }

    /// The file at `url`, which came to `checksum`.
    public void download(String url, String checksum) {
        add(new Material.OfUrl(url, checksum));
    }

    /// The repository at `address`, of which `commit` was taken.
    public void repository(GitAddress address, String commit) {
        add(new Material.OfRepository(address, commit));
    }

    /// A step may use the secret `id`.
    public void secret(String id, boolean isRequired) {
        grant(secrets, id, isRequired);
    }

    /// A step may use the agent `id`.
    public void agent(String id, boolean isRequired) {
        grant(agents, id, isRequired);
    }

    /// A step may use the network.
    public void network() {
        isOnNetwork.set(true);
    }

    /// Everything that was taken, in an order that does not depend on which stage was first.
    public List<Material> all() {
        return List.copyOf(used.values());
    }

    /// Secrets by id.
    public List<Grant> secrets() {
        return List.copyOf(secrets.values());
    }

    /// Agents by id.
    public List<Grant> agents() {
        return List.copyOf(agents.values());
    }

    /// True if no step had a network.
    public boolean isHermetic() {
        return !isOnNetwork.get();
    }

    private void add(Material material) {
        used.put(material.toString(), material);
    }

    private static void grant(ConcurrentSkipListMap<String, Grant> grants, String id, boolean isRequired) {
        grants.merge(id, new Grant(id, !isRequired), (one, other) -> one.isOptional() ? other : one);
    }
}
