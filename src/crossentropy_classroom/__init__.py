"""The classroom: assignments handed out, collected, graded and given back.

It serves who teaches the course, on a machine that students cannot reach. nbgrader keeps the
gradebook, strips the solutions and shows what a person has to grade. This package does what
nbgrader lacks: it takes submissions in the state that students leave them in, runs them where they
can do no harm, and judges from outside what they computed.

It may import `crossentropy`, and never `crossentropy_book`: a machine that grades builds no book.
Nothing of `crossentropy` imports it: the package that students install holds no grader.
"""
