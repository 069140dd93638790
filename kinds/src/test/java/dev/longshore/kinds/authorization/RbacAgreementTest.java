package dev.longshore.kinds.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Authorizer.Attributes;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Random rules against a model that knows nothing but the definition: a rule stands for single rights, one of which
/// must be the one asked for.
class RbacAgreementTest {

    private static final List<String> VERBS = List.of("get", "list", "delete");
    private static final List<String> GROUPS = List.of("", "apps");
    private static final List<String> RESOURCES = List.of("pods", "pods/log", "deployments/scale");
    private static final List<String> NAMES = List.of("", "a", "b");
    private static final List<String> PATHS = List.of("/", "/healthz", "/healthz/etcd", "/metrics");

    /// One right; a path stands alone.
    private record Right(String verb, String group, String resource, String name, String path) {}

    private static List<Right> everyRight() {
        var rights = new ArrayList<Right>();
        for (String verb : VERBS) {
            PATHS.forEach(path -> rights.add(new Right(verb, "", "", "", path)));
            for (String group : GROUPS) {
                for (String resource : RESOURCES) {
                    NAMES.forEach(name -> rights.add(new Right(verb, group, resource, name, "")));
                }
            }
        }
        return rights;
    }

    @Provide
    Arbitrary<Rule> rules() {
        Arbitrary<List<String>> verbs = some("get", "list", "delete", "*");
        Arbitrary<Rule> ofResources = Combinators.combine(
                        verbs,
                        some("", "apps", "*"),
                        some("pods", "pods/log", "deployments/scale", "*/scale", "*/log", "*"),
                        Arbitraries.of("a", "b").list().uniqueElements().ofMaxSize(2))
                .as((verb, group, resource, name) -> new Rule(verb, group, resource, name, List.of()));
        Arbitrary<Rule> ofPaths = Combinators.combine(
                        verbs, some("/", "/healthz", "/healthz*", "/healthz/*", "*", "/m**"))
                .as((verb, path) -> new Rule(verb, List.of(), List.of(), List.of(), path));
        return Arbitraries.oneOf(ofResources, ofPaths);
    }

    private static Arbitrary<List<String>> some(String... values) {
        return Arbitraries.of(values).list().uniqueElements().ofMinSize(1).ofMaxSize(3);
    }

    private static boolean model(Rule rule, Right right) {
        for (String verb : rule.verbs()) {
            if (!verb.equals("*") && !verb.equals(right.verb)) {
                continue;
            }
            if (!right.path.isEmpty()) {
                if (rule.paths().stream().anyMatch(path -> right.path.matches(pattern(path)))) {
                    return true;
                }
                continue;
            }
            for (String group : rule.groups()) {
                for (String resource : rule.resources()) {
                    boolean isGroup = group.equals("*") || group.equals(right.group);
                    String star = right.resource.replaceFirst("^[^/]*/", "*/");
                    boolean isResource = List.of("*", right.resource, star).contains(resource);
                    boolean isName = rule.names().isEmpty() || rule.names().contains(right.name);
                    if (isGroup && isResource && isName) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// A star counts at the end only.
    private static String pattern(String path) {
        String fixed = path.replaceFirst("\\*+$", "");
        return java.util.regex.Pattern.quote(fixed) + (fixed.equals(path) ? "" : ".*");
    }

    private static Attributes asked(Right right) {
        String[] parts = right.resource.split("/", 2);
        return new Attributes(
                null,
                right.verb,
                right.group,
                "v1",
                parts[0],
                parts.length > 1 ? parts[1] : "",
                "",
                right.name,
                right.path);
    }

    @Property(tries = 500)
    void aRuleAllowsWhatItsDefinitionSays(@ForAll("rules") Rule rule) {
        for (Right right : everyRight()) {
            assertThat(rule.allows(asked(right))).as("%s on %s", rule, right).isEqualTo(model(rule, right));
        }
    }

    @Property(tries = 500)
    void whoLacksNothingMayDoAllThatIsGranted(@ForAll("rules") Rule held, @ForAll("rules") Rule wanted) {
        boolean isCovered = MissingRights.of(List.of(held), List.of(wanted)).isEmpty();
        List<Right> more = everyRight().stream()
                .filter(right -> model(wanted, right) && !model(held, right))
                .toList();

        // Coverage is by the letter: it may miss that two rules mean the same, and must never miss a difference.
        if (isCovered) {
            assertThat(more).isEmpty();
        }
        assertThat(MissingRights.of(List.of(wanted), List.of(wanted))).isEmpty();
    }
}
