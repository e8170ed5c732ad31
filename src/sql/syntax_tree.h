// A parsed statement as the engines' own parsers hand it over. Both write JSON; this is the one
// file of the room that reads it, and nothing behind it knows that it was JSON.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace insights::sql {

class SyntaxTree;

// A place in a tree, or nowhere: what is not there reads as empty, so that a rule can ask for a
// field without asking first whether it is there. Good as long as its tree.
class Node {
 public:
  enum class Kind : std::uint8_t { nothing, boolean, number, text, list, object };

  Node() = default;

  Kind kind() const;
  // The name under which this stands in its object; empty in a list.
  std::string_view key() const;
  // The text, number ("1", "0.5") or truth value ("true"); empty for lists and objects.
  std::string_view text() const;
  bool is_true() const { return kind() == Kind::boolean && text() == "true"; }
  // Nowhere, null, false, "", [] or {}.
  bool is_empty() const;
  explicit operator bool() const { return !is_empty(); }

  Node operator[](std::string_view field) const;
  // The first entry; nowhere when there is none.
  Node first() const;
  // The entry after this one in its list or object.
  Node next() const;
  std::size_t size() const;
  // The texts of the entries.
  std::vector<std::string> texts() const;

  class Iterator {
   public:
    explicit Iterator(Node node) : tree_(node.tree_), index_(node.index_) {}
    Node operator*() const { return Node(tree_, index_); }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const SyntaxTree* tree_;
    std::uint32_t index_;
  };
  Iterator begin() const { return Iterator(first()); }
  Iterator end() const { return Iterator(Node()); }

 private:
  friend class SyntaxTree;
  friend class TreeBuilder;
  static constexpr std::uint32_t nowhere = 0xFFFFFFFF;
  Node(const SyntaxTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}
  const SyntaxTree* tree_ = nullptr;
  std::uint32_t index_ = nowhere;
};

class SyntaxTree {
 public:
  // Nodes nested deeper than this are not read: what walks a tree recurses.
  static constexpr std::size_t depth_max = 1500;

  enum class Failure { malformed, too_deep };
  static std::expected<SyntaxTree, Failure> read(std::string_view json);

  Node root() const { return {this, 0}; }

 private:
  friend class Node;
  friend class TreeBuilder;
  struct Entry {
    Node::Kind kind = Node::Kind::nothing;
    std::uint32_t key = 0, key_size = 0;  // places in text_
    std::uint32_t text = 0, text_size = 0;
    std::uint32_t first = Node::nowhere, next = Node::nowhere;
  };
  std::vector<Entry> entries_;
  std::string text_;
};

// Whether two trees are the same but for the fields named `ignored` (places in the text).
bool same_tree(Node left, Node right, std::string_view ignored);

}  // namespace insights::sql
