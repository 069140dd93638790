package dev.longshore.kinds.policies;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Which objects configure a policy under a binding.
///
/// @param name empty if they are selected
/// @param isRequired whether it is wrong that there are none
record ParamReference(String name, String namespace, Optional<LabelSelector> selector, boolean isRequired) {

    static ParamReference of(JsonNode said) {
        return new ParamReference(
                Trees.text(said, "name"),
                Trees.text(said, "namespace"),
                Trees.object(said, "selector").map(LabelSelector::of),
                Trees.text(said, "parameterNotFoundAction").equals("Deny"));
    }

    /// A policy or a binding that cannot be followed.
    static final class Misconfigured extends Exception {
        private static final long serialVersionUID = 1L;

        Misconfigured(String why) {
            super(why, null, false, false);
        }
    }

    /// The objects of `kind` that `policy` can have as parameters.
    ///
    /// @throws Misconfigured if there is no such kind
    static Optional<Registry.Objects> objects(PolicyHead policy, Registry registry) throws Misconfigured {
        Optional<GroupVersionKind> kind = policy.paramKind();
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        Optional<Registry.Objects> objects = registry.objects(kind.get());
        if (objects.isEmpty()) {
            throw new Misconfigured("failed to find resource referenced by paramKind: '" + kind.get() + "'");
        }
        return objects;
    }

    /// What `policy` is to be asked with under `binding`, once for each: a missing node if it has no parameters; none
    /// if there are none and that is right.
    ///
    /// @param requested the namespace of the request
    static List<JsonNode> params(Optional<Registry.Objects> objects, PolicyBinding binding, String requested)
            throws Misconfigured {
        if (objects.isEmpty() || binding.params().isEmpty()) {
            return List.of(MissingNode.getInstance());
        }
        return binding.params().get().find(objects.get(), requested).stream()
                .<JsonNode>map(Resource::tree)
                .toList();
    }

    private List<Resource> find(Registry.Objects objects, String requested) throws Misconfigured {
        String where = where(objects, requested);
        List<Resource> found;
        if (!name.isEmpty()) {
            found = objects.get(where, name).stream().toList();
        } else {
            LabelSelector wanted = selector.orElse(LabelSelector.EVERYTHING);
            found = objects.list(where).stream()
                    .filter(object -> wanted.fits(object.labels()))
                    .toList();
        }
        if (found.isEmpty() && isRequired) {
            throw new Misconfigured("no params found for policy binding with `Deny` parameterNotFoundAction");
        }
        return found;
    }

    private String where(Registry.Objects objects, String requested) throws Misconfigured {
        if (!objects.isNamespaced()) {
            if (!namespace.isEmpty()) {
                throw new Misconfigured("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
            }
            return "";
        }
        String where = namespace.isEmpty() ? requested : namespace;
        if (where.isEmpty()) {
            throw new Misconfigured(
                    "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
        }
        return where;
    }
}
