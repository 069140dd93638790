package dev.longshore.kinds.kit;

import dev.longshore.model.Conversion;
import dev.longshore.model.FieldPath;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.NameRule;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.SelectableFields;
import dev.longshore.model.Strategy;
import dev.longshore.model.Subresource;
import dev.longshore.model.SubresourceAction;
import dev.longshore.model.Table;
import dev.longshore.model.VirtualResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Spells a [ResourceDefinition] in few lines. What is not said is as most kinds have it: namespaced, all
/// verbs, stored under its plural in its own version, name and age as columns, alpha and beta versions off.
/// Rules are either given one by one ([#defaults], [#checks] …) or as a [Strategy] of the kind's own.
public final class KindBuilder {

    private static final Set<String> ALL_VERBS =
            Set.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private final KindsContext context;
    private final GroupVersionKind kind;
    private final String plural;
    private final List<Subresource> subresources = new ArrayList<>();
    private final Map<String, Function<Resource, String>> fields = new HashMap<>();
    private String fieldRefusal = SelectableFields.USUAL_REFUSAL;
    private boolean isSelectableByNamespace = true;
    private final RuleStrategy.Rules rules = new RuleStrategy.Rules();
    private String singular;
    private List<String> shortNames = List.of();
    private List<String> categories = List.of();
    private boolean namespaced = true;
    private Set<String> verbs = ALL_VERBS;
    private ResourceDefinition.Storage storage;
    private Table table = Columns.plain();
    private Optional<Strategy> strategy = Optional.empty();
    private Optional<VirtualResource> virtual = Optional.empty();

    private KindBuilder(KindsContext context, GroupVersionKind kind, String plural) {
        this.context = context;
        this.kind = kind;
        this.plural = plural;
        this.singular = kind.kind().toLowerCase(Locale.ROOT);
        this.storage = new ResourceDefinition.Storage(plural, kind, Conversion.SAME_SHAPE);
    }

    /// Begins the kind called `kind` in `apiVersion`.
    public static KindBuilder kind(KindsContext context, String apiVersion, String kind, String plural) {
        return new KindBuilder(context, GroupVersionKind.of(apiVersion, kind), plural);
    }

    /// Its short names.
    public KindBuilder shortNames(String... names) {
        shortNames = List.of(names);
        return this;
    }

    /// The categories it belongs to, as `all`.
    public KindBuilder categories(String... names) {
        categories = List.of(names);
        return this;
    }

    /// Its objects belong to no namespace.
    public KindBuilder clusterScoped() {
        namespaced = false;
        return this;
    }

    /// Only these verbs.
    public KindBuilder verbs(String... only) {
        verbs = Set.of(only);
        return this;
    }

    /// Kept under another prefix than its plural.
    public KindBuilder prefix(String prefix) {
        storage = new ResourceDefinition.Storage(prefix, storage.version(), storage.conversion(), storage.indexes());
        return this;
    }

    /// Kept in another version.
    public KindBuilder storedAs(String apiVersion, Conversion conversion) {
        storage = new ResourceDefinition.Storage(
                storage.prefix(), GroupVersionKind.of(apiVersion, kind.kind()), conversion, storage.indexes());
        return this;
    }

    /// Has a status written apart.
    public KindBuilder status() {
        subresources.add(new Subresource.Status(kind));
        return this;
    }

    /// What a write of the status can neither change nor own, where that is not just the spec: `metadata`, which
    /// stands for what clients write there, or a field of it.
    public KindBuilder statusNeverOwns(String... paths) {
        rules.statusReach = Reach.allBut(paths);
        rules.statusKeeps = List.of(paths);
        return this;
    }

    /// Can be scaled.
    public KindBuilder scale(String specReplicas, String statusReplicas, String statusSelector) {
        subresources.add(new Subresource.Scale(specReplicas, statusReplicas, statusSelector, Columns.scale()));
        return this;
    }

    /// The same object written under other rules.
    public KindBuilder part(String name, Strategy rulesOfPart, String... partVerbs) {
        subresources.add(new Subresource.Part(name, kind, Set.of(partVerbs), rulesOfPart));
        return this;
    }

    /// Something done to the object.
    public KindBuilder action(
            String name, String apiVersion, String actionKind, SubresourceAction action, String... on) {
        GroupVersionKind of = GroupVersionKind.of(apiVersion, actionKind);
        subresources.add(new Subresource.Action(
                name, of, Set.of(on), action, Optional.of(schemaName(of)), Subresource.Answer.OBJECT, List.of()));
        return this;
    }

    /// What the action just added answers, where that is no object, and what it takes in the query.
    public KindBuilder conversation(Subresource.Answer answer, List<Subresource.Parameter> parameters) {
        var last = (Subresource.Action) subresources.removeLast();
        subresources.add(new Subresource.Action(
                last.name(), last.kind(), last.verbs(), last.action(), Optional.empty(), answer, parameters));
        return this;
    }

    /// A deletion answers with the object.
    public KindBuilder showsDeleted() {
        rules.showsDeleted = true;
        return this;
    }

    /// Its columns.
    public KindBuilder table(Table columns) {
        table = columns;
        return this;
    }

    /// A selectable field.
    public KindBuilder field(String path, Function<Resource, String> reader) {
        fields.put(path, reader);
        return this;
    }

    /// A selectable field that is read at its own path.
    public KindBuilder field(String path) {
        return field(path, FieldPath.of(path));
    }

    /// A selectable field that is read at its own path and has the value `absent` when it is not there.
    public KindBuilder field(String path, String absent) {
        return field(path, new FieldPath(FieldPath.of(path).steps(), absent));
    }

    /// Says `message`, with the field in the place of `%s`, of fields that it cannot be selected by.
    public KindBuilder refusesFields(String message) {
        fieldRefusal = message;
        return this;
    }

    /// Cannot be selected by its namespace, though it lives in one.
    public KindBuilder notSelectableByNamespace() {
        isSelectableByNamespace = false;
        return this;
    }

    /// A selectable field by which many clients watch: each of them costs no more than what it gets.
    public KindBuilder indexedField(String path) {
        var indexes = new ArrayList<>(storage.indexes());
        indexes.add(FieldPath.of(path));
        storage = new ResourceDefinition.Storage(storage.prefix(), storage.version(), storage.conversion(), indexes);
        return field(path);
    }

    /// What its names look like.
    public KindBuilder names(NameRule rule) {
        rules.nameRule = rule;
        return this;
    }

    /// Fills in what was left out; gets the whole object.
    public KindBuilder defaults(Consumer<ObjectNode> defaults) {
        rules.defaults = rules.defaults.andThen(defaults);
        return this;
    }

    /// Rules for every write.
    public KindBuilder checks(RuleStrategy.Check check) {
        rules.checks.add(check);
        return this;
    }

    /// Rules for new objects, beside those for every write.
    public KindBuilder newChecks(RuleStrategy.Check check) {
        rules.newChecks.add(check);
        return this;
    }

    /// What is done to every write before it is checked; gets the object and the old one, which is missing when the
    /// object is new.
    public KindBuilder prepares(BiConsumer<ObjectNode, JsonNode> prepared) {
        rules.prepared = prepared;
        return this;
    }

    /// What an update puts back before it is checked; gets the object and the old one.
    public KindBuilder keeps(BiConsumer<ObjectNode, ObjectNode> kept) {
        rules.kept = kept;
        return this;
    }

    /// As [#keeps], for an update of the status.
    public KindBuilder keepsInStatus(BiConsumer<ObjectNode, ObjectNode> kept) {
        rules.keptInStatus = kept;
        return this;
    }

    /// Rules for changes, beside those for every write.
    public KindBuilder changeChecks(RuleStrategy.ChangeCheck check) {
        rules.changeChecks.add(check);
        return this;
    }

    /// Rules for writes of the status.
    public KindBuilder statusChecks(RuleStrategy.ChangeCheck check) {
        rules.statusChecks.add(check);
        return this;
    }

    /// A change has to follow the rules for changes only: what was accepted once is not judged again.
    public KindBuilder checksOnlyChanges() {
        rules.checksOnlyChanges = true;
        return this;
    }

    /// Takes any finalizer with a name; other kinds want a domain's.
    public KindBuilder plainFinalizers() {
        rules.hasPlainFinalizers = true;
        return this;
    }

    /// Takes the status that a client sends with a new object, as nodes' keepers do.
    public KindBuilder keepsInitialStatus() {
        rules.keepsInitialStatus = true;
        return this;
    }

    /// Never has a new generation.
    public KindBuilder noGeneration() {
        rules.hasGeneration = false;
        return this;
    }

    /// Has a new generation when one of these fields of its spec changes, and none before.
    public KindBuilder countsChangesOf(String... fields) {
        rules.countedFields = List.of(fields);
        return this;
    }

    /// What a new object's status is.
    public KindBuilder initialStatus(Consumer<ObjectNode> initial) {
        rules.initial = initial;
        return this;
    }

    /// Its dependents stay when it goes, unless the client says otherwise.
    public KindBuilder orphansDependents() {
        rules.propagation = Strategy.Propagation.ORPHAN;
        return this;
    }

    /// Its objects go by themselves when nobody has written them for so long; zero is never.
    public KindBuilder expires(Duration life) {
        rules.life = Optional.of(life).filter(Duration::isPositive);
        return this;
    }

    /// Its objects own nothing, so that their deletion never waits for dependents.
    public KindBuilder ownsNothing() {
        rules.ownsNothing = true;
        return this;
    }

    /// What to do after each write and deletion in this process.
    public KindBuilder written(Runnable action) {
        rules.written = action;
        return this;
    }

    /// PUT creates.
    public KindBuilder createdByPut() {
        rules.createdByPut = true;
        return this;
    }

    /// PUT must say on which resourceVersion it is based.
    public KindBuilder needsVersion() {
        rules.needsVersion = true;
        return this;
    }

    /// Sentences for the client.
    public KindBuilder warnings(Function<Resource, List<String>> warnings) {
        rules.warnings = warnings;
        return this;
    }

    /// Rules of its own, in place of those given one by one.
    public KindBuilder strategy(Strategy own) {
        strategy = Optional.of(own);
        return this;
    }

    /// Served, not stored.
    public KindBuilder virtual(VirtualResource resource) {
        virtual = Optional.of(resource);
        return this;
    }

    /// The singular name, where it is not the kind in lower case.
    public KindBuilder singular(String name) {
        singular = name;
        return this;
    }

    /// The definition.
    public ResourceDefinition build() {
        String definition = schemaName(kind);
        var quantities = new Quantities(context.schemas());
        rules.canonicalize = tree -> quantities.canonicalize(definition, tree);
        boolean hasStatus = subresources.stream().anyMatch(Subresource.Status.class::isInstance);
        rules.hasStatus &= hasStatus;
        return new ResourceDefinition(
                kind,
                new ResourceDefinition.Names(plural, singular, kind.kind() + "List", shortNames, categories),
                namespaced,
                verbs,
                definition,
                storage,
                strategy.<Strategy>map(own -> new CanonicalStrategy(own, rules.canonicalize, rules.showsDeleted))
                        .orElseGet(() -> new RuleStrategy(rules)),
                subresources,
                table,
                fields.isEmpty()
                        ? SelectableFields.METADATA
                        : new SelectableFields(fields, namespaced && isSelectableByNamespace, fieldRefusal),
                virtual,
                !kind.version().contains("alpha") && !kind.version().contains("beta"),
                Deprecations.of(kind));
    }

    /// The name of a kind's definition.
    static String schemaName(GroupVersionKind kind) {
        String inPackage =
                switch (kind.group()) {
                    case "" -> "io.k8s.api.core";
                    case "apiextensions.k8s.io" -> "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions";
                    case "apiregistration.k8s.io" -> "io.k8s.kube-aggregator.pkg.apis.apiregistration";
                    case "metrics.k8s.io" -> "io.k8s.metrics.pkg.apis.metrics";
                    case "internal.apiserver.k8s.io" -> "io.k8s.api.apiserverinternal";
                    default -> "io.k8s.api." + kind.group().split("\\.")[0];
                };
        return inPackage + "." + kind.version() + "." + kind.kind();
    }
}
