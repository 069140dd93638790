package dev.longshore.kinds.kit;

import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import dev.longshore.model.Reach;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Another strategy, which sees quantities only in their canonical spelling.
record CanonicalStrategy(Strategy inner, Consumer<ObjectNode> canonicalize, boolean showsDeleted) implements Strategy {

    @Override
    public void applyDefaults(Resource object) {
        canonicalize.accept(object.tree());
        inner.applyDefaults(object);
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        inner.prepareForCreate(call, object);
    }

    @Override
    public void prepareForUpdate(Call call, Resource object, Resource old) {
        inner.prepareForUpdate(call, object, old);
    }

    @Override
    public void prepareForStatusUpdate(Call call, Resource object, Resource old) {
        inner.prepareForStatusUpdate(call, object, old);
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        return inner.validate(call, object);
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        return inner.validateUpdate(call, object, old);
    }

    @Override
    public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        return inner.validateStatusUpdate(call, object, old);
    }

    @Override
    public boolean isNewGeneration(Resource object, Resource old) {
        return inner.isNewGeneration(object, old);
    }

    @Override
    public Reservation reserve(Call call, Registry registry, Resource object, Optional<Resource> old) {
        return inner.reserve(call, registry, object, old);
    }

    @Override
    public void afterDelete(Registry registry, Resource object) {
        inner.afterDelete(registry, object);
    }

    @Override
    public void prepareForDelete(Resource object) {
        inner.prepareForDelete(object);
    }

    @Override
    public boolean isKept(Resource object) {
        return inner.isKept(object);
    }

    @Override
    public Optional<Duration> gracePeriod(Resource object, Optional<Duration> asked) {
        return inner.gracePeriod(object, asked);
    }

    @Override
    public Propagation defaultPropagation() {
        return inner.defaultPropagation();
    }

    @Override
    public Optional<Duration> timeToLive() {
        return inner.timeToLive();
    }

    @Override
    public boolean ownsNothing() {
        return inner.ownsNothing();
    }

    @Override
    public List<String> deletionWarnings(boolean saysPropagation) {
        return inner.deletionWarnings(saysPropagation);
    }

    @Override
    public NameRule nameRule() {
        return inner.nameRule();
    }

    @Override
    public boolean allowsCreateOnUpdate() {
        return inner.allowsCreateOnUpdate();
    }

    @Override
    public boolean allowsUnconditionalUpdate() {
        return inner.allowsUnconditionalUpdate();
    }

    @Override
    public Reach reach() {
        return inner.reach();
    }

    @Override
    public Reach statusReach() {
        return inner.statusReach();
    }

    @Override
    public List<String> warnings(Resource object) {
        return inner.warnings(object);
    }
}
