package dev.longshore.apiserver.encryption;

import dev.longshore.model.GroupResource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which resource a key of the store is of. Custom resources, which come and go, are known by their keys:
/// `/registry/GROUP/PLURAL/…`, and only their groups have dots and are no prefix of a built-in resource.
///
/// @param byPrefix what is built in
public record StoredResources(Map<String, GroupResource> byPrefix) {

    private static final String ROOT = "/registry/";

    public StoredResources {
        byPrefix = Map.copyOf(byPrefix);
    }

    /// Where `builtIn` are stored.
    public static StoredResources of(List<ResourceDefinition> builtIn) {
        return new StoredResources(builtIn.stream()
                .collect(Collectors.toMap(
                        each -> each.storage().prefix(),
                        each -> new GroupResource(
                                each.storage().version().group(), each.names().plural()),
                        (first, same) -> first)));
    }

    /// Empty for records that are no objects.
    Optional<GroupResource> of(Key key) {
        String path = key.toString();
        if (!path.startsWith(ROOT)) {
            return Optional.empty();
        }
        String[] steps = path.substring(ROOT.length()).split("/", 3);
        GroupResource one = byPrefix.get(steps[0]);
        if (one != null || steps.length == 1) {
            return Optional.ofNullable(one);
        }
        GroupResource two = byPrefix.get(steps[0] + "/" + steps[1]);
        if (two != null) {
            return Optional.of(two);
        }
        return steps[0].contains(".") ? Optional.of(new GroupResource(steps[0], steps[1])) : Optional.empty();
    }
}
