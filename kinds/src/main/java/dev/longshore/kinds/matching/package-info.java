/// For which requests a webhook or a policy is: rules, selectors, what is exempt.
package dev.longshore.kinds.matching;
