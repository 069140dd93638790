package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A group of a provider that does at once what it is asked for, or refuses.
final class FakeGroup implements NodeGroup {

    private final String id;
    private final int min;
    private final int max;
    private final Node template;
    final List<Instance> instances = new ArrayList<>();
    int target;
    Optional<String> refusal = Optional.empty();
    private int made;

    FakeGroup(String id, int min, int max, Node template) {
        this.id = id;
        this.min = min;
        this.max = max;
        this.template = template;
    }

    /// With so many nodes, `ID-1` and so on.
    FakeGroup with(int nodes) {
        increaseSize(nodes);
        return this;
    }

    GroupView view() {
        return GroupView.of(this, GroupSettings.DEFAULT);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int minSize() {
        return min;
    }

    @Override
    public int maxSize() {
        return max;
    }

    @Override
    public int targetSize() {
        return target;
    }

    @Override
    public void increaseSize(int delta) {
        refusal.ifPresent(why -> {
            throw new ProviderException(why);
        });
        target += delta;
        for (int i = 0; i < delta; i++) {
            instances.add(new Instance(id + "-" + ++made, Instance.State.RUNNING));
        }
    }

    @Override
    public void deleteNodes(List<String> names) {
        if (!instances.removeIf(instance -> names.contains(instance.name()))) {
            throw new ProviderException("none of " + names + " is in " + id);
        }
        target -= names.size();
    }

    @Override
    public void decreaseTargetSize(int delta) {
        target -= delta;
    }

    @Override
    public List<Instance> instances() {
        return List.copyOf(instances);
    }

    @Override
    public Node template() {
        return template;
    }
}
