package dev.longshore.apiserver;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.ScaleOwners;
import dev.longshore.model.Schema;
import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Writes a Scale, which is a number in another object: what is sent, patched, applied and owned is the Scale;
/// what is stored is the object.
record ScaleWrites(Machine machine, Scales scales) {

    /// The object as it is then.
    Resource write(Exchange exchange) throws IOException {
        var owners = new ScaleOwners(
                exchange.definition().kind().apiVersion(), scales.scale().specReplicas());
        UnaryOperator<Resource> change = change(exchange);
        Write write = exchange.write().seenAs(scales);
        return new Update(machine)
                .update(
                        write,
                        new Update.Mode.Whole(exchange.definition().strategy()),
                        exchange.namespace(),
                        exchange.info().name(),
                        old -> {
                            Resource live = scales.of(old);
                            owners.show(old, live);
                            Resource wished = change.apply(live);
                            Resource object = scales.apply(old, wished);
                            owners.takeOver(wished, object);
                            return object;
                        });
    }

    /// From the Scale that is there to the one that shall be, with its owners.
    private UnaryOperator<Resource> change(Exchange exchange) throws IOException {
        GroupVersionKind kind = scales.scale().kind();
        String name = scales.scale().schema().orElseThrow();
        Optional<Schema> schema = machine.schemas.find(name).map(known -> Schema.reference(name));
        var manager = new ManagedFields.Manager(
                WriteOptions.manager(exchange.request()),
                kind.apiVersion(),
                exchange.info().subresource());
        var place = new ManagedFields.Place(schema.orElse(Schema.ANYTHING), Reach.ALL, ManagedFields.Versions.ONE);
        if (exchange.info().verb().equals("patch") && Applies.isApply(exchange.request())) {
            Applies.Apply apply = new Applies(machine).read(exchange, kind);
            return live -> {
                Resource applied = machine.owners
                        .fields()
                        .apply(live, apply.wanted(), manager, apply.force(), place, machine.time.now())
                        .copy();
                schema.ifPresent(known -> machine.checker.clean(applied.tree(), known));
                ResourceEndpoint.requireName(exchange, applied);
                return applied;
            };
        }
        UnaryOperator<Resource> change = plain(exchange, kind, schema);
        return live -> {
            Resource wished = change.apply(live);
            machine.owners.fields().update(live, wished, manager, place, machine.time.now());
            return wished;
        };
    }

    private UnaryOperator<Resource> plain(Exchange exchange, GroupVersionKind kind, Optional<Schema> schema)
            throws IOException {
        if (exchange.info().verb().equals("patch")) {
            return new Patches(machine).read(exchange, kind, schema);
        }
        Resource wish = exchange.decode(machine, machine.bodies.read(exchange.request(), kind.kind()), kind, schema);
        ResourceEndpoint.requireName(exchange, wish);
        return live -> wish.copy();
    }
}
