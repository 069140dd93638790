package dev.longshore.kinds.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Expressions about a value: what they can say, what they cost, and how they fail.
class ExpressionTest {

    private static final DeclaredType TYPE =
            DeclaredType.of("selfType", Yaml.parse("""
            type: object
            properties:
              n: {type: integer}
              m: {type: number}
              name: {type: string, maxLength: 20}
              when: {type: string, format: date-time}
              span: {type: string, format: duration}
              either: {x-kubernetes-int-or-string: true}
              maybe: {type: string, nullable: true}
              some-name: {type: string}
              tags: {type: array, maxItems: 10, x-kubernetes-list-type: set, items: {type: string, maxLength: 10}}
              numbers: {type: array, maxItems: 10, items: {type: integer}}
              free: {type: array, items: {type: string}}
              labels: {type: object, additionalProperties: {type: string}}
            """), true).orElseThrow();

    private static final JsonNode SELF = Yaml.parse("""
            {apiVersion: a/v1, kind: A, metadata: {name: one}, n: 3, m: 1.5, name: abc, when: '2020-01-02T03:04:05Z',
             span: 90m, either: 7, maybe: null, some-name: x, tags: [a, b], numbers: [1, 2, 3], labels: {k: v}}
            """);

    private static Object evaluate(String text, JsonNode old, Expression.Answer answer) throws Exception {
        return Expression.compile(text, TYPE, false, answer)
                .evaluate(SELF, old, new CostBudget(CostBudget.OF_AN_OBJECT));
    }

    private static Object evaluate(String text) throws Exception {
        return evaluate(text, MissingNode.getInstance(), Expression.Answer.BOOL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "self.n == 3 && self.m > 1 && self.name.startsWith('a')",
                "self.metadata.name == 'one' && self.kind == 'A'",
                "has(self.n) && !has(self.maybe) && !has(self.free)",
                "self.some__dash__name == 'x'",
                "type(self.either) == int && self.either < 10",
                "self.when < timestamp('2021-01-01T00:00:00Z') && self.when.getFullYear() == 2020",
                "self.span == duration('1h30m')",
                "self.tags == ['b', 'a']",
                "self.tags.all(t, t.matches('^[a-z]$'))",
                "self.labels.all(k, v, k == 'k' && v == 'v')",
                "'k' in self.labels && self.labels['k'] == 'v'",
                "self.numbers.isSorted() && self.numbers.sum() == 6 && self.numbers.max() == 3",
                "self.numbers.min() == 1 && self.numbers.indexOf(2) == 1 && [1, 1].lastIndexOf(1) == 1",
                "'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
                "'a1b2'.findAll('[0-9]', 1) == ['1']",
                "url('https://a.b:80/c?d=e').getHost() == 'a.b:80' && url('https://a.b:80/').getPort() == '80'",
                "url('https://[::1]:80/c%20d?x=1&x=2').getHostname() == '::1'",
                "url('https://a/c?x=1&x=2').getQuery()['x'] == ['1', '2'] && !isURL('../a')",
                "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1').add(2).compareTo(quantity('3')) == 0",
                "isQuantity('1k') && !isQuantity('x') && quantity('50k').asInteger() == 50000",
                "ip('127.0.0.1').isLoopback() && ip('::1').family() == 6 && !isIP('1.2.3') && ip.isCanonical('::1')",
                "cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.0.0.0/9')",
                "cidr('192.168.1.5/24').masked() == cidr('192.168.1.0/24') && cidr('::/0').prefixLength() == 0",
                "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('1.0.0') && !isSemver('v1') && isSemver('v1', true)",
                "semver('1.2.3-a').compareTo(semver('1.2.3')) == -1 && semver('3.2.1').major() == 3",
                "!format.dns1123Label().validate('abc').hasValue() && format.dns1123Label().validate('A_').hasValue()",
                "format.named('uuid').hasValue() && !format.named('nope').hasValue()",
                "'%s has %d and %.2f'.format([self.name, self.n, self.m]) == 'abc has 3 and 1.50'",
                "sets.contains([1, 2], [1]) && [1, 2, 2].distinct() == [1, 2]",
                "self.?free.orValue(['z']) == ['z'] && !self.?maybe.hasValue()",
                "'a,b'.split(',').map(x, x.upperAscii()).join('-') == 'A-B'",
                "1 < 1.5 && self.tags + ['b', 'c'] == ['c', 'a', 'b'] && [1] + [1] != [1]"
            })
    void saysWhatKubernetesCanSay(String text) throws Exception {
        assertThat(evaluate(text)).as(text).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "self.nope == 1",
                "self.n == 'a'",
                "self.",
                "1 + self.name == 2",
                "oldSelf.x",
                "self.n.isSorted()"
            })
    void refusesWhatMakesNoSense(String text) {
        assertThatThrownBy(() -> evaluate(text))
                .isInstanceOf(Expression.Malformed.class)
                .hasMessageStartingWith("compilation failed: ERROR: <input>:1:");
    }

    @Test
    void saysWhatItAnswersInsteadOfABool() {
        assertThatThrownBy(() -> evaluate("self.n")).hasMessage("cel expression must evaluate to a bool");
    }

    @Test
    void failsWithAReason() {
        assertThatThrownBy(() -> evaluate("self.free.size() > 0")).hasMessage("no such key: free");
        assertThatThrownBy(() -> evaluate("self.n / (self.n - 3) > 0")).hasMessage("division by zero");
        assertThatThrownBy(() -> evaluate("quantity('x').isInteger()")).hasMessageContaining("quantities must match");
    }

    @Test
    void comparesWithThePast() throws Exception {
        Expression rule = Expression.compile("self.n >= oldSelf.n", TYPE, false, Expression.Answer.BOOL);

        assertThat(rule.usesOld()).isTrue();
        assertThat(rule.evaluate(SELF, Json.object().put("n", 4), new CostBudget(1000)))
                .isEqualTo(false);
        Expression optional =
                Expression.compile("!oldSelf.hasValue() || oldSelf.value().n == 3", TYPE, true, Expression.Answer.BOOL);
        assertThat(optional.evaluate(SELF, MissingNode.getInstance(), new CostBudget(1000)))
                .isEqualTo(true);
        assertThat(optional.evaluate(SELF, Json.object().put("n", 4), new CostBudget(1000)))
                .isEqualTo(false);
    }

    @Test
    void isBrokenOffWhenItCostsTooMuch() throws Exception {
        var numbers = Json.object();
        var list = numbers.putArray("numbers");
        for (int i = 0; i < 2000; i++) {
            list.add(i);
        }
        Expression rule = Expression.compile(
                "self.numbers.all(x, self.numbers.all(y, x == y || x != y))", TYPE, false, Expression.Answer.BOOL);

        assertThatThrownBy(() -> rule.evaluate(numbers, MissingNode.getInstance(), new CostBudget(10_000_000)))
                .isInstanceOf(Expression.TooCostly.class)
                .hasMessage("operation cancelled: actual cost limit exceeded");
    }

    @Test
    void estimatesByTheLimitsOfTheSchema() throws Exception {
        assertThat(cost("self.n > 1")).isEqualTo(3);
        assertThat(cost("self.tags.all(t, t.startsWith('a'))")).isBetween(30L, 200L);
        assertThat(cost("self.free.all(t, t.startsWith('a'))")).isGreaterThan(1_000_000L);
        assertThat(cost("self.free.all(a, self.free.all(b, a == b))")).isGreaterThan(100_000_000L);
    }

    private static long cost(String text) throws Expression.Malformed {
        return Expression.compile(text, TYPE, false, Expression.Answer.BOOL).highestCost();
    }
}
