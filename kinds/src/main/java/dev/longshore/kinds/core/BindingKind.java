package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.pods.BindingAction;
import dev.longshore.model.Call;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.VirtualResource;

/// The old way to give a pod its node: posted beside the pods instead of below one.
final class BindingKind {

    private BindingKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "Binding", "bindings")
                .verbs("create")
                .virtual(new Bindings(new BindingAction(context.time())))
                .build();
    }

    private record Bindings(BindingAction action) implements VirtualResource {
        @Override
        public Resource create(Call call, Registry registry, String namespace, Resource object) {
            action.bind(call, registry, namespace, object.name(), object);
            return object;
        }
    }
}
