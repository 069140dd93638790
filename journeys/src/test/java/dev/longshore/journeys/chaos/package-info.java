/// What remains true while everything fails at random.
package dev.longshore.journeys.chaos;
